// What can go wrong with a picture, chosen by its name. It is loaded into workers and their
// processes before anything else. FAULTS is a folder: a file there tells that a gate was reached, and
// the file `open` lets all through.

import { existsSync, writeFileSync } from 'node:fs';
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';

const { FAULTS, HOLD } = process.env;
const { readFile } = files;

const FAULT = {
  // Waits to be let through, or killed.
  async gate(name) {
    writeFileSync(join(FAULTS, `reached-${name}-${process.pid}`), '');
    while (!existsSync(join(FAULTS, 'open'))) {
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
  },
  hang: () => new Promise(() => setInterval(() => {}, 1_000)),
  spin() {
    for (;;);
  },
  deadly: () => process.kill(process.pid, 'SIGKILL'),
  murder: () => process.kill(process.ppid, 'SIGKILL'),
  async hungry() {
    const eaten = [];
    for (;;) {
      eaten.push(Buffer.alloc(2 ** 24, 1));
      await new Promise((resolve) => {
        setTimeout(resolve, 1);
      });
    }
  },
};

files.readFile = async (path, ...rest) => {
  const name = basename(String(path));
  const fault = Object.keys(FAULT).find((word) => name.includes(word));
  if (fault !== undefined) await FAULT[fault](name);
  return readFile(path, ...rest);
};
syncBuiltinESMExports();

// A merging that is held for ever, once its results are read.
if (HOLD === 'merge') {
  const { Job } = await import('bullmq');
  Job.prototype.getIgnoredChildrenFailures = () => {
    writeFileSync(join(FAULTS, `merging-${process.pid}`), '');
    return new Promise(() => {});
  };
}
