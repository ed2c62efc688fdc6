// What the tests import from vitest, of its own parts that run in any host. They are
// bundled with this file in the place of `vitest`, which needs Node.

import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';

export { afterEach, beforeEach, describe, it, test } from '@vitest/runner';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

export const expect: typeof chai.expect = chai.expect;
