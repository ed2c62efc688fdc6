import { createRequire } from 'node:module';

const tools = createRequire(new URL('../../examples/edge-worker/tools/', import.meta.url));
const { WebSocket } = tools('ws') as { WebSocket: typeof globalThis.WebSocket };

/** An isolate's memory as a debugger sees it, in bytes. */
interface HeapUsage {
  readonly usedSize: number;
  readonly embedderHeapUsedSize: number;
  readonly backingStorageSize: number;
}

/**
 * Returns the memory that an isolate retains, in MB: its heap and the buffers beside it.
 *
 * @param inspector the URL for its debugger
 */
export async function retainedBy(inspector: string): Promise<number> {
  const socket = new WebSocket(inspector);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  await answerOf(socket, 'HeapProfiler.enable');
  // This collects garbage first. workerd does not answer a request to only collect garbage.
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
