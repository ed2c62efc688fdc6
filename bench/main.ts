import { parseArgs } from 'node:util';
import { LIMIT, OURS, PLAIN } from './contestants/names.ts';

const HELP = `npm run bench -- [question] [options]

Questions:
  contest            How fast is it beside ${LIMIT} and every peer? (the default)
  accuracy           How far is each from float64, on every kind of data?
  growth             How do time and memory grow from 100 to 100 million elements?
  startup            How long does a program take to its first result?
  few-values         Below how many values is a plain loop faster?
  cliffs             Which shapes take far longer than others of as many elements?
  sixteen            How fast are float16 and bfloat16 beside float32?
  pictures           How fast are operations on pictures, beside opencv.js and sharp?
  painting           How long does a photograph of 512x512 take to paint, by part, and how far from
                     float64 is it, beside onnxruntime-web's whole graph?
  threads            How fast is a shared arena on 1, 2, 4, ... threads, beside PyTorch and
                     onnxruntime on as many?
  queue              What does a queue cost over a million pictures, by BullMQ on a Redis of its
                     own? Needs redis-server.

Options of contest; a filter may be given several times:
  --norm TEXT        only what has TEXT in its name: batchNorm, backward, nhwc
  --shape TEXT       only shapes that contain TEXT: 8x64x56x56, 1024
  --contestant TEXT  only contestants with TEXT in their names; these always run:
                     ${LIMIT}; ${OURS.arena}; ${PLAIN}
  --quick            fewer rounds, with more noise, and no tensors of over 2.1 million elements
                     unless --shape asks for them
  --publish          writes bench/results.json, which npm run facts puts into README.md and
                     docs/images/bench.svg; takes no filter

Options of cliffs:
  --norm TEXT        as above
  --quick            takes fewer rounds, with more noise

Options of threads:
  --norm, --shape    as above
  --quick            fewer rounds, with more noise, and no tensors of over a million elements
  --publish          writes bench/threads.json, of which npm run facts draws
                     docs/images/threads.svg; takes no filter

Options of sixteen:
  --quick            takes fewer rounds, with more noise

Options of painting:
  --quick            takes fewer rounds, with more noise

Options of pictures:
  --norm TEXT        only operations with TEXT in their names: restyle, RGB
  --base FOLDER      beside an earlier library, built in FOLDER
  --quick            takes a third of the time, with more noise
  --publish          writes bench/pictures.json, of which npm run facts draws
                     docs/images/pictures.svg

Options of queue:
  --pictures N       so many (1000000)
  --quick            counts fewer pictures, with more noise

Options of accuracy:
  --publish          writes docs/accuracy.md and draws docs/images/accuracy.svg

  --help             prints this`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    norm: { type: 'string', multiple: true },
    shape: { type: 'string', multiple: true },
    contestant: { type: 'string', multiple: true },
    base: { type: 'string' },
    pictures: { type: 'string', default: '1000000' },
    quick: { type: 'boolean', default: false },
    publish: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

// What --quick compares at most: 1x128x128x128.
const QUICK_ELEMENTS = 2 ** 21;

// Imported when asked: each needs peers of its own.
const QUESTIONS: Readonly<Record<string, () => Promise<void>>> = {
  async contest() {
    const { norm, shape, contestant, quick, publish } = options;
    if (publish && (norm ?? shape ?? contestant)) {
      return refuse('--publish compares everything, and takes no filter');
    }
    const { contest } = await import('./questions/contest.ts');
    const effort = quick ? { rounds: 2, seconds: 0.01 } : { rounds: 5, seconds: 0.05 };
    const elements = quick && !publish && !shape ? QUICK_ELEMENTS : undefined;
    await contest({ norm, shape, contestant, elements }, effort, publish);
  },
  async accuracy() {
    const { accuracy } = await import('./questions/accuracy.ts');
    await accuracy(options.publish);
  },
  async growth() {
    const { growth } = await import('./questions/growth.ts');
    growth();
  },
  async startup() {
    const { startup } = await import('./questions/startup.ts');
    startup();
  },
  async cliffs() {
    const { cliffs } = await import('./questions/cliffs.ts');
    cliffs(options.norm ?? [], options.quick);
  },
  async sixteen() {
    const { sixteen } = await import('./questions/sixteen.ts');
    sixteen(options.quick);
  },
  async 'few-values'() {
    const { fewValues } = await import('./questions/few-values.ts');
    fewValues();
  },
  async pictures() {
    const { norm, base, quick, publish } = options;
    if (publish && norm) return refuse('--publish compares everything, and takes no filter');
    const { pictures } = await import('./questions/pictures.ts');
    await pictures({ operations: norm, base, quick, publish });
  },
  async painting() {
    const { painting } = await import('./questions/painting.ts');
    await painting(options.quick ? 5 : 21);
  },
  async threads() {
    const { norm, shape, quick, publish } = options;
    if (publish && (norm ?? shape)) {
      return refuse('--publish compares everything, and takes no filter');
    }
    const { threads } = await import('./questions/threads.ts');
    await threads({ norm, shape }, quick && !publish, publish);
  },
  async queue() {
    const pictures = Number(options.pictures);
    if (!Number.isSafeInteger(pictures) || pictures < 1) {
      return refuse(`--pictures: expected a whole number from 1, got '${options.pictures}'`);
    }
    const { queue } = await import('./questions/queue.ts');
    await queue(pictures, options.quick);
  },
};

const [question = 'contest'] = positionals;
const answer = QUESTIONS[question];
if (options.help) {
  console.log(HELP);
} else if (answer) {
  await answer();
} else {
  refuse(`no such question: ${question}; see --help`);
}

function refuse(reason: string): void {
  console.error(`bench: ${reason}`);
  process.exitCode = 1;
}
