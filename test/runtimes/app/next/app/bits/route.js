import { run } from '../../../run.mjs';

export const runtime = 'edge';

export async function GET() {
  if (globalThis.EdgeRuntime === undefined) throw new Error('this is not the edge runtime');
  const line = await run(
    () => import('wasm-norm'),
    () => import('../../../bits.js'),
  );
  return new Response(line);
}
