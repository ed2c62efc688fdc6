import { expect, it } from 'vitest';
import { widenBits, withoutInks } from '../../../cli/src/pictures/samples.ts';

it('withoutInks multiplies what each ink and the key let through', () => {
  const data = Uint8Array.of(0, 0, 0, 0, 255, 0, 51, 0, 0, 0, 0, 255, 0, 102, 0, 51);
  expect([...withoutInks({ data, width: 4, height: 1 }).data]).toEqual([
    ...[255, 255, 255, 255],
    ...[0, 255, 204, 255],
    ...[0, 0, 0, 255],
    ...[204, 122, 204, 255],
  ]);
});

it('withoutInks keeps 16 bits, and the alpha behind the inks', () => {
  const data = Uint16Array.of(0, 65535, 13107, 13107, 9);
  const rgba = withoutInks({ data, width: 1, height: 1 });
  expect(rgba.data).toBeInstanceOf(Uint16Array);
  expect([...rgba.data]).toEqual([52428, 0, 41942, 9]);
});

it('widenBits spreads 10 and 12 bits over 16', () => {
  const ten = Uint16Array.of(0, 1 << 6, 512 << 6, 1023 << 6, 65535);
  widenBits(ten, 10);
  expect([...ten]).toEqual([0, 64, 32800, 65535, 65535]);
  const twelve = Uint16Array.of(4095 << 4, 2048 << 4);
  widenBits(twelve, 12);
  expect([...twelve]).toEqual([65535, 32776]);
});

it('widenBits leaves 16 bits, and those of which nothing is known', () => {
  for (const bits of [16, undefined]) {
    const data = Uint16Array.of(65472);
    widenBits(data, bits);
    expect([...data]).toEqual([65472]);
  }
});
