import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long the kernel may take nothing of an answer before its reader is given up, in milliseconds. */
export const MAX_UNREAD_MS = 20_000;

/**
 * Ends connections whose other side does not read: those of which the kernel has taken nothing of an unfinished
 * answer for `maxUnreadMs`. Who reads slowly makes progress, and is let be; so is who waits for an answer that is
 * still being formed.
 */
export function dropUnread(server: Server, maxUnreadMs = MAX_UNREAD_MS): void {
  // Node counts from the last byte that went either way, also within one large write
  server.timeout = maxUnreadMs;
  server.on('timeout', (socket: Socket) => {
    const { _httpMessage: answer } = socket as Socket & { _httpMessage?: ServerResponse | null };
    const isIdle = !answer && socket.timeout !== maxUnreadMs;
    if (isIdle || socket.writableLength > 0) socket.destroy();
    else socket.setTimeout(maxUnreadMs);
  });
}
