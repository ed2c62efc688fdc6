// What the fleet uses of Cloudflare's platform, as far as it uses it.

/** A bucket of R2. */
export interface Bucket {
  /** Lists keys in the order of their bytes, at most 1,000. */
  list(options: { readonly prefix: string; readonly startAfter?: string }): Promise<{
    readonly objects: readonly { readonly key: string }[];
    readonly truncated: boolean;
  }>;
  get(key: string): Promise<{
    /** In bytes. */
    readonly size: number;
    readonly body: ReadableStream;
    arrayBuffer(): Promise<ArrayBuffer>;
  } | null>;
}

/** The end of a queue that takes messages. */
export interface Queue<Body> {
  send(body: Body): Promise<void>;
  /** Takes at most 100 messages, of 256 KB together. */
  sendBatch(messages: readonly { readonly body: Body }[]): Promise<void>;
}

/** Messages of one queue, each of which may have come before. */
export interface MessageBatch<Body> {
  readonly queue: string;
  readonly messages: readonly {
    readonly body: Body;
    ack(): void;
    retry(): void;
  }[];
}

/** SQLite of a Durable Object: a statement has at most 100 values, a value at most 2 MB. */
export interface Sql {
  exec<Row>(
    statement: string,
    ...values: readonly (string | number)[]
  ): Iterable<Row> & { one(): Row; toArray(): Row[] };
}

/** What a Durable Object is made with. */
export interface ObjectContext {
  readonly storage: {
    readonly sql: Sql;
    transactionSync(work: () => void): void;
    deleteAll(): Promise<void>;
  };
}

/** A Durable Object as other code calls it. */
export type Remote<Methods> = {
  readonly [Name in keyof Methods]: Methods[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

/** The Durable Objects of a class. */
export interface Namespace<Methods> {
  getByName(name: string): Remote<Methods>;
}
