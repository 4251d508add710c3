// Loaded into the control plane by the fuzz run, before it: tells over the parent's channel what is held.
process.on('message', () => void tell());

async function tell() {
  // what was freed by one turn is collected in the next
  for (let times = 0; times < 3; times++) {
    globalThis.gc();
    await new Promise((resume) => setTimeout(resume, 20));
  }
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  process.send({ ...process.memoryUsage(), resources });
}

process.on('disconnect', () => process.exit(1));
process.channel.unref();
