/** Task module: a share of the requests, a bounded number of them at once. */
import { Agent, get } from 'node:http';

export interface Share {
  port: number;
  /** Items to ask for. */
  ids: number[];
  /** Requests under way at once, each on its own socket. */
  sockets: number;
}

// Sockets are kept between rounds, in every variant: connecting is not what is compared.
const agent = new Agent({ keepAlive: true, maxFreeSockets: Infinity });

/** Bodies in the order of the ids. */
export async function fetchShare({ port, ids, sockets }: Share): Promise<string[]> {
  const bodies: string[] = ids.map(() => '');
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(sockets, ids.length) }, async () => {
      while (next < ids.length) {
        const place = next++;
        bodies[place] = await fetchItem(port, ids[place]!);
      }
    }),
  );
  return bodies;
}

/** Closes the sockets when the worker retires. */
export function teardown(): void {
  agent.destroy();
}

function fetchItem(port: number, id: number): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: `/items/${id}`, agent }, (response) => {
      response.setEncoding('utf8');
      let body = '';
      response.on('data', (text: string) => (body += text));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`the server answered ${response.statusCode} for item ${id}`));
      });
    }).on('error', reject);
  });
}
