import { MAX_FORM_BYTES, MAX_PIXELS, MAX_TENSORS_BYTES } from './limits.ts';
import { OPERATIONS } from './operations.ts';

/** Answers GET /: how to call the service, with examples that run as printed. */
export function showHelp(request: Request): Response {
  const { origin } = new URL(request.url);
  const text = helpText(origin);
  return new Response(text, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
}

function helpText(origin: string): string {
  const operations = [...OPERATIONS].map(
    ([name, { inputs, parameters, options }]) => `  ${name}
      tensors  ${[...inputs, ...parameters].join(', ')}
      options  ${[...options.keys()].join(', ')}`,
  );
  return `wasm-norm at the edge

POST /restyle     Gives a photograph the colours of another.

  A form in: content and style, each a PNG, a JPEG or a WebP of its own size; strength
  from 0 to 1 (1); space, rgb, oklab or lab (rgb); format, png, jpeg or webp. A picture of
  the content's size out, in the format that is named, else in that of the Accept field,
  else a PNG. In place of a picture the style may be its moments, the JSON of the
  library's imageMoments; they have their space. JPEG are turned as EXIF says; colour
  profiles are left aside.

  curl --fail-with-body --output restyled.png \\
    --form content=@examples/restyle/photos/rocket.jpg \\
    --form style=@examples/restyle/photos/coffee.jpg \\
    --form strength=0.7 --form space=oklab \\
    ${origin}/restyle

POST /normalize   Normalizes a tensor.

  Safetensors in, application/octet-stream: the tensors below. Safetensors out: y, and
  runningMean and runningVar, moved, where they came in. The operation and its options
  are the query; lists have commas, normalizedShape=8,8.

  node --input-type=module --eval "
    import { writeFileSync } from 'node:fs';
    import { Tensor, writeSafetensors } from 'wasm-norm';
    const x = new Tensor(Float32Array.of(1, 2, 3, 4), [1, 2, 2]);
    writeFileSync('x.safetensors', writeSafetensors({ x }));"

  curl --fail-with-body --output y.safetensors \\
    --header 'content-type: application/octet-stream' --data-binary @x.safetensors \\
    '${origin}/normalize?op=instanceNorm&eps=1e-5'

${operations.join('\n')}

Limits: ${MAX_FORM_BYTES} bytes of a form, ${MAX_TENSORS_BYTES} of tensors, ${MAX_PIXELS} pixels
of a picture. Where the platform's image service is bound, it makes larger pictures
smaller, and reads GIF, HEIC, AVIF, CMYK and what else it knows.

Errors are JSON: { "status": 400, "field": "strength", "error": "strength: expected ..." }
  400  malformed; field names what    413  too large
  404  no such path                   415  no such media type
  405  no such method                 406  no format that Accept takes
`;
}
