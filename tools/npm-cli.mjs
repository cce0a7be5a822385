// How to start npm: the very npm that runs us, else the one on the path.
import { spawnSync } from 'node:child_process';

/**
 * Runs npm and gives its standard output; throws with all it said when it fails.
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export function npm(args, { cwd, env = process.env } = {}) {
  const cli = env.npm_execpath?.endsWith('npm-cli.js') ? env.npm_execpath : undefined;
  const [command, first] = cli ? [process.execPath, [cli]] : ['npm', []];
  const isShell = cli === undefined && process.platform === 'win32'; // npm.cmd
  const { status, error, stdout, stderr } = spawnSync(command, [...first, ...args], {
    cwd,
    env,
    encoding: 'utf8',
    shell: isShell,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed (${status}):\n${stdout}${stderr}`);
  return stdout;
}
