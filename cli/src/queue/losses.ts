import type { ConnectionEvents } from './connect.ts';

/** Tells a loss of the connection once, however often it is noticed, and once that it is found. */
export function tellOnce({ lost, found }: ConnectionEvents): ConnectionEvents {
  let isLost = false;
  return {
    lost(reason) {
      if (!isLost) lost(reason);
      isLost = true;
    },
    found() {
      if (isLost) found();
      isLost = false;
    },
  };
}
