/** A decision that was made already, for whoever asks first; whoever asks again gets one that is made anew. */
export function decidedFirst<T>(decision: T, decide: () => T): () => T {
  let isAsked = false;
  return () => {
    if (isAsked) return decide();
    isAsked = true;
    return decision;
  };
}
