const MAX_TEXT = 300;

/** A request that can't be met, told as a line of JSON that names what is at fault. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly field: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /** @param field a field of the form, a tensor, an option, or 'body' for all of it */
  constructor(
    status: number,
    message: string,
    { field, headers = {} }: { field?: string; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.field = field;
    this.headers = headers;
  }

  toResponse(): Response {
    const { status, field, message, headers } = this;
    const body = { status, field: field && clip(field), error: clip(message) };
    return Response.json(body, { status, headers });
  }
}

/** Shortens what may hold a name of the client's making. */
function clip(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/**
 * Calls the library, which begins what it says of an argument with its name.
 *
 * @throws HttpRefusal in place of the library's refusal.
 */
export function refusing<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    const { message } = error;
    const [, field] = /^(\w+)\b.*: expected .*, got /s.exec(message) ?? [];
    if (field === undefined) throw error;
    throw new HttpRefusal(400, message, { field: field === 'safetensors' ? 'body' : field });
  }
}
