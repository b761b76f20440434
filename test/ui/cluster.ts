/** A Kubernetes API on loopback that keeps what is created: as much of it as "kubectl apply" of a Pod asks for. */
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Cluster {
  /** A configuration of kubectl for it, whose context has this name. */
  config(context: string): string;
  /** Bodies of what was created. */
  readonly created: unknown[];
  close(): Promise<void>;
}

const pods = { name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod' };
const documents: Readonly<Record<string, object>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    ...{ kind: 'APIResourceList', groupVersion: 'v1' },
    resources: [{ ...pods, verbs: ['create', 'get', 'patch'] }],
  },
};
/** A description of no type at all: what kubectl does not know it does not validate. Protobuf: `swagger: "2.0"`. */
const openApi = Buffer.from([0x0a, 3, 0x32, 0x2e, 0x30]);
const openApiType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

export async function openCluster(): Promise<Cluster> {
  const created: unknown[] = [];
  const send = (to: ServerResponse, status: number, body: unknown) =>
    to.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  async function answer(request: IncomingMessage, to: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const [path = ''] = (request.url ?? '').split('?');
    const document = documents[path];
    if (path === '/openapi/v2') to.writeHead(200, { 'content-type': openApiType }).end(openApi);
    else if (document) send(to, 200, document);
    else if (request.method === 'POST' && path === '/api/v1/namespaces/default/pods') {
      const pod: unknown = JSON.parse(Buffer.concat(parts).toString());
      created.push(pod);
      send(to, 201, pod);
    } else {
      const failure = { kind: 'Status', apiVersion: 'v1', status: 'Failure' };
      send(to, 404, { ...failure, reason: 'NotFound', code: 404, message: 'not found' });
    }
  }
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    created,
    config: (context) =>
      JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'Config', 'current-context': context },
        clusters: [{ name: 'here', cluster: { server: `http://127.0.0.1:${port}` } }],
        users: [{ name: 'me', user: {} }],
        contexts: [{ name: context, context: { cluster: 'here', user: 'me' } }],
      }),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
