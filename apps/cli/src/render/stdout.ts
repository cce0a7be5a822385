// Writing results to stdout: waits where the reader is slow, and notices when it has gone.

/** The reader of stdout closed it (`heddle run … | head`): there is nobody left to work for. */
export class ClosedPipeError extends Error {
  constructor(options?: ErrorOptions) {
    super('the reader of stdout went away', options);
    this.name = 'ClosedPipeError';
  }
}

let failure: ClosedPipeError | undefined;

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  failure = new ClosedPipeError({ cause: error });
});

/** Resolves when stdout takes more; rejects with ClosedPipeError when nobody reads any more. */
export async function writeResult(text: string): Promise<void> {
  if (failure) throw failure;
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error) reject(new ClosedPipeError({ cause: error }));
      else resolve();
    });
  });
}
