import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer, Question, Verdict } from './child.ts';

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));

/** Runs tests in another process, and replaces the process when a test never ends. */
export class Tester {
  #child: ChildProcess | undefined;

  /**
   * Runs tests on kernels.
   *
   * @param silence how many seconds without the end of a test mean that it never ends
   * @returns null if a test never ended
   */
  async ask(question: Question, silence: number): Promise<Verdict | null> {
    this.#child ??= await startChild();
    const child = this.#child;
    child.send(question);
    const verdict = await nextVerdict(child, silence);
    if (verdict === null) this.end();
    return verdict;
  }

  end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}

function startChild(): Promise<ChildProcess> {
  // Vitest prints where it runs, which would get into the output of the campaign.
  const child = fork(CHILD, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child));
    child.once('exit', (code) => reject(new Error(`Vitest ended with ${code}`)));
  });
}

function nextVerdict(child: ChildProcess, silence: number): Promise<Verdict | null> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout;
    const finish = (verdict: Verdict | null) => {
      clearTimeout(timer);
      child.removeListener('message', listen);
      resolve(verdict);
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => finish(null), silence * 1000);
    };
    const listen = (answer: Answer) => {
      if (answer === 'alive') wait();
      else finish(answer);
    };
    child.on('message', listen);
    wait();
  });
}
