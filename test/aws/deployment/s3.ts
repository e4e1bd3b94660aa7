import { xml, type AwsAnswer, type AwsRequest } from './request.ts';

export interface S3 {
  answer(request: AwsRequest): AwsAnswer;
  /** Buckets with their objects. */
  buckets: Map<string, Map<string, Buffer>>;
}

/** Buckets by path, as far as a deployment uses them. */
export function createS3(): S3 {
  const buckets: S3['buckets'] = new Map();
  const bucketRequest = ({ method, url, body }: AwsRequest, name: string): AwsAnswer => {
    const bucket = buckets.get(name);
    if (method === 'PUT') {
      if (bucket) return refusal('BucketAlreadyOwnedByYou', 409);
      buckets.set(name, new Map());
      return { status: 200 };
    }
    if (bucket === undefined) return refusal('NoSuchBucket', 404);
    if (method === 'HEAD') return { status: 200 };
    if (method === 'GET') return xml(`<ListBucketResult>${[...bucket.keys()].map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')}</ListBucketResult>`);
    if (method === 'POST' && url.searchParams.has('delete')) {
      for (const [, key = ''] of body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)) bucket.delete(key);
      return xml('<DeleteResult></DeleteResult>');
    }
    if (bucket.size > 0) return refusal('BucketNotEmpty', 409);
    buckets.delete(name);
    return { status: 204 };
  };

  return {
    buckets,
    answer(request) {
      const [, name = '', key = ''] = request.url.pathname.split('/');
      if (key === '') return bucketRequest(request, name);
      const bucket = buckets.get(name);
      if (bucket === undefined) return refusal('NoSuchBucket', 404);
      if (request.method === 'PUT') bucket.set(key, request.body);
      return bucket.has(key) ? { status: 200 } : refusal('NoSuchKey', 404);
    },
  };
}

function refusal(code: string, status: number): AwsAnswer {
  return xml(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`, status);
}
