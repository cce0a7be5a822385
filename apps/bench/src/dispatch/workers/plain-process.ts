import { answer, type Request } from './request.ts';

process.on('message', (request: Request) => process.send!(answer(request)));
process.on('disconnect', () => process.exit());
