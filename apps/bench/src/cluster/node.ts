// A node as a program of its own, to be killed. Its order: `NodeOptions` as JSON.
import { startNode, type NodeOptions } from '@heddle/cluster-bullmq';

const node = await startNode(JSON.parse(process.argv[2]!) as NodeOptions);
process.on('SIGTERM', () => void node.drain());
process.stdout.write('ready\n');
