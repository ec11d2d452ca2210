import { chmod, mkdir, symlink } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { devlaunch, newest, newestPython } from './kit/cli.ts'
import { project } from './kit/project.ts'

/** The tool's own way to say which Python a project has; `FOLDER` is the project's. */
interface Tool {
  readonly files: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly path: string
  readonly why: string
}

const tools: Readonly<Record<string, Tool>> = {
  conda: {
    files: {},
    env: { CONDA_PREFIX: 'FOLDER/env', CONDA_DEFAULT_ENV: 'shop' },
    path: 'FOLDER/env/bin/python',
    why: 'the active conda environment (CONDA_PREFIX)',
  },
  pyenv: {
    files: { '.python-version': '3.13\n', 'pyenv/versions/3.12.1/none': '' },
    env: { PYENV_ROOT: 'FOLDER/pyenv' },
    path: 'FOLDER/pyenv/versions/3.13.0/bin/python',
    why: "pyenv's, named by FOLDER/.python-version",
  },
  pdm: {
    files: { '.pdm-python': `${newestPython()}\n` },
    path: newestPython(),
    why: 'chosen by pdm (.pdm-python)',
  },
  poetry: {
    files: {
      'poetry.lock': '',
      'bin/poetry': `#!/bin/sh\n[ "$*" = "env info --executable" ] && echo ${newestPython()}\n`,
    },
    path: newestPython(),
    why: 'what poetry uses',
  },
  pipenv: {
    files: { Pipfile: '', 'bin/pipenv': `#!/bin/sh\n[ "$*" = "--py" ] && echo ${newestPython()}\n` },
    path: newestPython(),
    why: 'what pipenv uses',
  },
}

test.for(Object.entries(tools))('the Python that %s chose is found', async ([name, tool]) => {
  await using folder = await project({ '.git/HEAD': '', ...tool.files })
  const here = (text: string) => text.replace('FOLDER', folder.path)
  await mkdir(join(folder.path, 'pyenv/versions'), { recursive: true })
  await symlink(newest(), join(folder.path, 'pyenv/versions/3.13.0'))
  await symlink(newest(), join(folder.path, 'env'))
  if (tool.files[`bin/${name}`]) await chmod(join(folder.path, 'bin', name), 0o755)
  const env = {
    ...{ VIRTUAL_ENV: '', CONDA_PREFIX: '', PYENV_VERSION: '' },
    PATH: [join(folder.path, 'bin'), process.env.PATH].join(delimiter),
    ...Object.fromEntries(Object.entries(tool.env ?? {}).map(([name, value]) => [name, here(value)])),
  }
  const { stdout } = await devlaunch(['which', 'flask', '--json'], { cwd: folder.path, env })
  expect(JSON.parse(stdout).chosen).toMatchObject({ path: here(tool.path), why: here(tool.why) })
})

test("conda's base is no project's environment", async () => {
  await using folder = await project({ '.git/HEAD': '' })
  const env = { VIRTUAL_ENV: '', CONDA_PREFIX: newest(), CONDA_DEFAULT_ENV: 'base' }
  const { stdout } = await devlaunch(['which', '--json'], { cwd: folder.path, env })
  expect(stdout).not.toContain(newestPython())
})
