// A store that speaks S3, of people elsewhere, and a proxy before it that makes faults.

import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, request, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { freePort, Program } from './programs.ts';

const SERVER = createRequire(import.meta.url).resolve('s3rver/bin/s3rver.js');

/** The server knows this one key. */
const KEY = 'S3RVER';

/** What becomes of requests. */
export interface Fault {
  /** Whether a request is of this fault. */
  readonly hits: (method: string, url: string) => boolean;
  /**
   * slow: 503 SlowDown. drop: no answer. cut: half of it. hold: the answer waits for the release,
   * and what was to be written is lost if its sender goes meanwhile.
   */
  readonly kind: 'slow' | 'drop' | 'cut' | 'hold';
  /** How many requests it hits; all where it is not given. */
  readonly times?: number;
}

/** A store with some buckets. */
export class S3Store {
  /** What programs find it by. */
  readonly env: Readonly<Record<string, string>>;
  /** All requests so far: a method and a URL. */
  readonly requests: string[] = [];
  #faults: { readonly fault: Fault; hits: number }[] = [];
  #held: (() => void)[] = [];
  #onHeld: () => void = () => {};
  readonly #proxy: Server;
  readonly #client: S3Client;

  private constructor(proxy: Server, port: number) {
    this.#proxy = proxy;
    const { port: own } = proxy.address() as AddressInfo;
    this.env = {
      AWS_ACCESS_KEY_ID: KEY,
      AWS_SECRET_ACCESS_KEY: KEY,
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${own}`,
      AWS_MAX_ATTEMPTS: '3',
    };
    this.#client = new S3Client({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: KEY, secretAccessKey: KEY },
    });
    proxy.on('request', (incoming, answer) => {
      const { method = '', url = '', headers } = incoming;
      this.requests.push(`${method} ${url}`);
      const kind = this.#faultOf(method, url);
      const chunks: Buffer[] = [];
      incoming
        .on('data', (chunk) => chunks.push(chunk))
        .on('end', async () => {
          if (kind === 'drop') return answer.destroy();
          if (kind === 'slow') return slowDown(answer);
          if (kind === 'hold') await this.#hold();
          if (answer.destroyed) return;
          const onward = request(
            { host: '127.0.0.1', port, method, path: url, headers },
            (given) => {
              answer.writeHead(given.statusCode ?? 500, given.headers);
              if (kind !== 'cut') return given.pipe(answer);
              given.once('data', (chunk: Buffer) => {
                answer.write(chunk.subarray(0, chunk.length / 2), () => answer.destroy());
                given.destroy();
              });
            },
          );
          onward.end(Buffer.concat(chunks));
        });
    });
  }

  static async start(folder: string, ...buckets: readonly string[]): Promise<S3Store> {
    mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const server = new Program(process.execPath, [
      // Its tokens of lists are of a cipher that OpenSSL 3 keeps apart.
      '--openssl-legacy-provider',
      ...[SERVER, '--directory', folder, '--port', String(port), '--address', '127.0.0.1'],
      ...['--no-vhost-buckets', ...buckets.flatMap((name) => ['--configure-bucket', name])],
    ]);
    await server.until(({ stdout }) => stdout.includes('S3rver listening'), 'it was ready');
    const proxy = createServer().listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    return new S3Store(proxy, port);
  }

  /** Makes these faults from now on, and no others. */
  breakBy(...faults: readonly Fault[]): void {
    this.#faults = faults.map((fault) => ({ fault, hits: 0 }));
    this.requests.length = 0;
  }

  /** Resolves once a request is held. */
  async holds(): Promise<void> {
    while (this.#held.length === 0) {
      await new Promise<void>((resolve) => {
        this.#onHeld = resolve;
      });
    }
  }

  /** Lets go what is held. */
  release(): void {
    for (const go of this.#held.splice(0)) go();
  }

  async put(bucket: string, key: string, content: Uint8Array | string): Promise<void> {
    await this.#client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
  }

  async get(bucket: string, key: string): Promise<Buffer> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  async remove(bucket: string, key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  async keys(bucket: string): Promise<readonly string[]> {
    const { Contents = [] } = await this.#client.send(new ListObjectsV2Command({ Bucket: bucket }));
    return Contents.map(({ Key = '' }) => Key);
  }

  close(): void {
    this.release();
    this.#client.destroy();
    this.#proxy.closeAllConnections();
    this.#proxy.close();
  }

  #faultOf(method: string, url: string): Fault['kind'] | null {
    const found = this.#faults.find(
      ({ fault, hits }) =>
        hits < (fault.times ?? Number.POSITIVE_INFINITY) && fault.hits(method, url),
    );
    if (found === undefined) return null;
    found.hits++;
    return found.fault.kind;
  }

  #hold(): Promise<void> {
    return new Promise((resolve) => {
      this.#held.push(resolve);
      this.#onHeld();
    });
  }
}

function slowDown(answer: ServerResponse): void {
  answer.writeHead(503, { 'content-type': 'application/xml' });
  answer.end('<Error><Code>SlowDown</Code><Message>Please reduce your rate.</Message></Error>');
}
