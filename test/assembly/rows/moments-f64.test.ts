import { expectMomentsF64 } from '../../support/kernels/moments.ts';
import { testRowMoments } from '../../support/kernels/row-moments.ts';

testRowMoments('addMomentsF64', expectMomentsF64);
