import { createRequire } from 'node:module';

const tools = createRequire(new URL('../../examples/edge-worker/tools/', import.meta.url));
const { WebSocket } = tools('ws') as { WebSocket: typeof globalThis.WebSocket };

/** What a debugger is told of an isolate's memory, in bytes. */
interface HeapUsage {
  readonly usedSize: number;
  readonly embedderHeapUsedSize: number;
  readonly backingStorageSize: number;
}

/**
 * Returns the memory that an isolate holds on to, in MB: its heap, and the buffers
 * beside it.
 *
 * @param inspector where its debugger connects
 */
export async function retainedBy(inspector: string): Promise<number> {
  const socket = new WebSocket(inspector);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  await answerOf(socket, 'HeapProfiler.enable');
  // Collects garbage before; asked to do just that, workerd does not answer.
  await answerOf(socket, 'HeapProfiler.takeHeapSnapshot');
  const usage = (await answerOf(socket, 'Runtime.getHeapUsage')) as HeapUsage;
  socket.close();
  return (usage.usedSize + usage.embedderHeapUsedSize + usage.backingStorageSize) / 2 ** 20;
}

let lastId = 0;

function answerOf(socket: WebSocket, method: string): Promise<unknown> {
  const id = ++lastId;
  socket.send(JSON.stringify({ id, method }));
  return new Promise((resolve) => {
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data));
      if (message.id === id) resolve(message.result);
    };
  });
}
