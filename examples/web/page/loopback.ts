/**
 * Says whether a host is this machine: 127.0.0.1 and its like, or a name of localhost's.
 *
 * There one project follows another at the same port, and a service worker of the one would answer
 * in place of the next.
 */
export function isLoopback(hostname: string): boolean {
  return /^(?:127(?:\.\d+){3}|\[::1\]|(?:.+\.)?localhost)$/.test(hostname);
}
