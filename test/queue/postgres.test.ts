import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { filesAppear, putPicture, putPictures } from './support/pictures.ts';
import { PostgresServer } from './support/postgres.ts';
import { type Program, runCli, startCli, startWorker } from './support/programs.ts';

const folder = temporaryFolder();

const at = (...names: string[]): string => join(folder.path, ...names);

const submit = (url: string): Program =>
  startCli(folder.path, ['stats', 'photos', '--json', '--queue', url, '--shard', '2']);

async function expectAgreement(program: Program): Promise<void> {
  const status = await program.ended();
  const local = await runCli(folder.path, 'stats', 'photos', '--json');
  expect({ status, stdout: program.stdout }, program.stderr).toEqual({
    status: 0,
    stdout: local.stdout,
  });
}

describe('with PostgreSQL', () => {
  it('the same bytes are printed, again from what is stored, and with histograms', async () => {
    putPictures(at('photos'), 9);
    putPicture(at('style.png'), 7);
    const server = await PostgresServer.start(at('postgres'));
    const worker = await startWorker(server.url, { args: ['--threads', '2'] });
    await expectAgreement(submit(server.url));
    const stored = submit(server.url);
    await expectAgreement(stored);
    expect(stored.stderr).toContain('this is its stored result');
    expect(worker.count('shard-begun')).toBe(5);
    const args = ['stats', 'photos', '--json', '--histogram', 'a.svg'];
    const local = await runCli(folder.path, ...args);
    const queued = await runCli(folder.path, ...args, '--queue', server.url, '--shard', '3');
    expect(queued.stdout).toBe(local.stdout);
    const restyle = ['restyle', 'photos', '--style', 'style.png', '--out'];
    const here = await runCli(folder.path, ...restyle, 'local');
    const there = await runCli(folder.path, ...restyle, 'styled', '--queue', server.url);
    expect(there.stdout.replace('styled', 'local')).toBe(here.stdout);
    expect(readdirSync(at('styled'))).toEqual(readdirSync(at('local')));
    expect(await worker.kill('SIGTERM')).toBe(0);
  });

  it('the same bits come out where a worker is killed, and then the server', async () => {
    putPictures(at('photos'), 8, '00004-gate.png');
    mkdirSync(at('faults'));
    const server = await PostgresServer.start(at('postgres'));
    const doomed = await startWorker(server.url, { faults: at('faults') });
    const program = submit(server.url);
    await filesAppear(at('faults'), 'reached');
    await doomed.kill('SIGKILL');
    const heir = await startWorker(server.url, { faults: at('faults') });
    await filesAppear(at('faults'), 'reached', 2);
    await server.kill();
    await server.again();
    writeFileSync(at('faults/open'), '');
    await expectAgreement(program);
    expect(heir.count('flow-merged')).toBe(1);
  });

  it('a shard whose worker is killed at every attempt is named, and mended by the same command', async () => {
    putPictures(at('photos'), 9, '00005-murder.png');
    mkdirSync(at('faults'));
    const server = await PostgresServer.start(at('postgres'));
    const program = submit(server.url);
    for (let attempt = 1; attempt <= 3; attempt++) {
      const doomed = await startWorker(server.url, { faults: at('faults') });
      expect(await doomed.ended(), `attempt ${attempt}`).toBe('SIGKILL');
    }
    await startWorker(server.url, { faults: at('faults') });
    expect(await program.ended()).toBe(1);
    expect(program.stderr).toMatch(/1 of 6 shards failed.*its worker was lost 3 times\n$/);
    await startWorker(server.url);
    const mended = submit(server.url);
    await expectAgreement(mended);
    expect(mended.stderr).toContain('1 of its 6 shards are worked on again');
  });

  it('status tells how far it is, and --remove removes it', async () => {
    putPictures(at('photos'), 3);
    const server = await PostgresServer.start(at('postgres'));
    const args = ['stats', 'photos', '--queue', server.url, '--detach'];
    const id = (await runCli(folder.path, ...args)).stdout.trim();
    const status = ['status', id, '--queue', server.url];
    expect((await runCli(folder.path, ...status)).stdout).toContain('at work\n0 of 1 shards done');
    expect((await runCli(folder.path, ...status, '--remove')).stdout).toBe(`${id}: removed\n`);
    expect((await runCli(folder.path, ...status)).stderr).toContain('there is no such work');
  });
});
