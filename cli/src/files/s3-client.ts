// The client of stores that speak S3. It finds credentials, region and endpoint in the environment,
// in the files of ~/.aws, or from the machine's role, as every program of the official SDK.

import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { loadPackage } from './load-package.ts';
import { codeOf, reasonOf } from './reason.ts';

type Sdk = typeof import('@aws-sdk/client-s3');

/** The client, and the commands that it takes. */
export interface S3 {
  readonly sdk: Sdk;
  readonly client: S3Client;
}

let opening: Promise<S3> | undefined;

/**
 * Returns the client of this thread.
 *
 * @throws Refusal where its package is not installed.
 */
export function openS3(): Promise<S3> {
  opening ??= load();
  return opening;
}

/** Tries of a request that fails by the connection or the store: 8 seconds with their pauses. */
const TRIES = 6;

/** Milliseconds without an answer, or a byte of one. */
const PATIENCE = { connectionTimeout: 10_000, socketTimeout: 60_000 };

const SILENCE = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

async function load(): Promise<S3> {
  const name = '@aws-sdk/client-s3';
  // It would tell on standard error, in each thread, which Node it needs one day.
  process.env[SILENCE] ??= 'true';
  const sdk = await loadPackage(() => import('@aws-sdk/client-s3'), 's3://', name);
  return { sdk, client: new sdk.S3Client(settingsOf(process.env)) };
}

/** Returns the settings that are other than the SDK's own. */
function settingsOf(environment: NodeJS.ProcessEnv): S3ClientConfig {
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION } = environment;
  const hasEndpoint = Boolean(AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL);
  const region = AWS_REGION || AWS_DEFAULT_REGION || (hasEndpoint && 'us-east-1');
  const { AWS_REQUEST_CHECKSUM_CALCULATION, AWS_MAX_ATTEMPTS } = environment;
  return {
    ...(region && { region }),
    followRegionRedirects: true,
    // Hosts of one's own have no name for each bucket.
    forcePathStyle: hasEndpoint,
    // Some of them refuse the headers of checksums that S3 itself takes.
    ...(hasEndpoint && !AWS_REQUEST_CHECKSUM_CALCULATION && CHECKSUMS_IF_REQUIRED),
    ...(!AWS_MAX_ATTEMPTS && { maxAttempts: TRIES }),
    requestHandler: PATIENCE,
  };
}

const CHECKSUMS_IF_REQUIRED = {
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
} as const;

const REFUSED_CREDENTIALS = [
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidToken',
  'InvalidSecurity',
  'ExpiredToken',
  'TokenRefreshRequired',
  'RequestTimeTooSkewed',
  'AuthorizationHeaderMalformed',
];

const UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

interface S3Error extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number };
}

/** Says whether the store has refused to show something, while it may show other things. */
export function isDenied(error: unknown): boolean {
  return (error as S3Error).name === 'AccessDenied';
}

/** Says whether there is no such object. */
export function isMissing(error: unknown): boolean {
  return (error as S3Error).name === 'NoSuchKey';
}

/** Says whether an error is of everything that lies in the store, or in the bucket. */
export function isOfAll(error: unknown): boolean {
  const { name, message, $metadata } = error as S3Error;
  if (name === 'NoSuchBucket' || REFUSED_CREDENTIALS.includes(name)) return true;
  if (name === 'CredentialsProviderError' || UNREACHABLE.includes(codeOf(error) ?? '')) return true;
  return (
    $metadata?.httpStatusCode === undefined && /^(Region is missing|Invalid URL)/.test(message)
  );
}

/**
 * Returns in one line why a request has failed. What the store says in its own words is left out:
 * it may quote the key.
 */
export function reasonOfS3(error: unknown): string {
  const { name, message, $metadata } = error as S3Error;
  const { httpStatusCode: status, attempts = 1 } = $metadata ?? {};
  const times = attempts > 1 ? `, ${attempts} times` : '';
  if (REFUSED_CREDENTIALS.includes(name)) return `the store refuses the credentials: ${name}`;
  switch (name) {
    case 'NoSuchBucket':
      return 'there is no such bucket';
    case 'NoSuchKey':
      return 'there is no such object';
    case 'AccessDenied':
      return 'the store denies access';
    case 'CredentialsProviderError':
      return 'there are no credentials; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY give some';
  }
  if (status !== undefined && status >= 300) return `the store answers ${status} ${name}${times}`;
  if (message.startsWith('Region is missing')) return 'there is no region; AWS_REGION gives one';
  if (message.startsWith('Invalid URL')) return 'AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL is no URL';
  return `${reasonOf(error) || name}${times}`;
}
