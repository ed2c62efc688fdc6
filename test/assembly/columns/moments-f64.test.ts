import { testColumnMoments } from '../../support/kernels/column-moments.ts';
import { expectMomentsF64 } from '../../support/kernels/moments.ts';

testColumnMoments('addColumnMomentsF64', expectMomentsF64);
