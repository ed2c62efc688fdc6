// A thread of a process that works on pictures. It sees what the others can't while they decode:
// how much memory the process has, and whether its worker is still there.

import { workerData } from 'node:worker_threads';
import { type ProcessLimits, TOO_MUCH_MEMORY } from './messages.ts';

// Milliseconds. A picture fills about 50 MB in that time.
const EVERY = 50;

const { memory } = workerData as ProcessLimits;
const parent = process.ppid;

setInterval(() => {
  if (process.memoryUsage.rss() > memory) process.kill(process.pid, TOO_MUCH_MEMORY);
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, EVERY);
