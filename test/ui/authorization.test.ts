/** The one authorization, refused in every way that a person meets: one clear message, and nothing tried. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { temporaryUser } from '../host/index.mjs';
import { hostState } from '../system/containers';
import { assertSameHost } from './sameHost';
import { Window, makeContainers, requireRoot } from './window';

type User = Awaited<ReturnType<typeof temporaryUser>>;

describe('an authorization that fails', function () {
  this.timeout(180_000);
  let hostBefore: ReturnType<typeof hostState>;
  let users: { sudoer: User; other: User };
  before(async function () {
    requireRoot(this);
    hostBefore = hostState();
    users = { sudoer: await temporaryUser({ sudo: true }), other: await temporaryUser() };
  });
  after(async () => {
    await users?.sudoer.remove();
    await users?.other.remove();
    await assertSameHost(hostBefore);
  });

  let window: Window;
  const open = async (user: User, noNewPrivileges = false) => {
    window = await Window.open({
      user,
      noNewPrivileges,
      settings: { 'terrarium.privilege': 'sudo' },
      prepare: (parent) => makeContainers(parent, 'box'),
    });
    await window.workbench.openViewContainer('Terrarium');
    await window.workbench.waitForTree('Containers', ([row]) => row?.label === 'box');
  };
  const start = () => window.workbench.command('Terrarium: Start Container');
  const prompt = () => window.workbench.waitForTerminal(/password for [^]*$/);
  /** As if nothing had been tried. */
  const nothingHappened = async () => {
    await window.workbench.waitForTree('Containers', ([row]) => row?.description === 'stopped');
    assert.deepEqual(window.helpers(), []);
    assert.deepEqual(readdirSync(path.join(window.runtime, 'terrarium')), []);
  };
  afterEach(async function () {
    await window.keepFailure(this);
    await window.close();
  });

  it('says so after three wrong passwords, and succeeds with the right one', async () => {
    await open(users.sudoer);
    await start();
    // Each sentence on a line of its own: a terminal breaks words.
    assert.match(await prompt(), /asks for your password here, once\.\n[^\n]+\n\[sudo\]/);
    for (const [at, word] of ['wrong', 'worse', 'worst'].entries()) {
      await window.workbench.waitForTerminal(
        new RegExp(`(password for [^]*?: *[^]*?){${at + 1}}$`),
      );
      await window.workbench.typeInTerminal(`${word}\n`);
      await window.workbench.waitForTerminal(at < 2 ? /Sorry[^]*$/ : /3 incorrect/);
    }
    await window.picture('wrong-password');
    const { buttons } = await window.workbench.notification(/sudo gave no permission/);
    assert.deepEqual(buttons, ['Try Again', 'Choose Privilege…', 'Check This Machine']);
    await nothingHappened();
    await window.workbench.notification(/sudo gave no permission/, { click: 'Try Again' });
    await window.workbench.waitForTerminal(/^(?![^]*incorrect)[^]*password for/);
    await window.workbench.typeInTerminal(`${users.sudoer.password}\n`);
    await window.workbench.waitForTerminal(/^\/ # $/m);
  });

  it('says so after Ctrl+C', async () => {
    await open(users.sudoer);
    await start();
    await prompt();
    await window.workbench.typeInTerminal('');
    await window.workbench.page.keyboard.press('Control+C');
    await window.workbench.notification(/nothing was started|Nothing was started/);
    await nothingHappened();
  });

  it('says so where the terminal is closed instead', async () => {
    await open(users.sudoer);
    await start();
    await prompt();
    await window.workbench.command('Terminal: Kill the Active Terminal Instance');
    await window.workbench.notification(/The terminal was closed before sudo was through/);
    await nothingHappened();
  });

  it('says so to a user who may not use sudo, and goes on another way', async () => {
    await open(users.other);
    await start();
    await prompt();
    await window.workbench.typeInTerminal(`${users.other.password}\n`);
    await window.workbench.waitForTerminal(/not in the sudoers file/);
    await window.workbench.notification(/sudo gave no permission/, { click: 'Choose Privilege…' });
    await window.workbench.pick('rootless');
    // The start goes on with it.
    await window.workbench.waitForTerminal(/^\/ # $/m);
  });

  it('is not even asked for where no program may gain privileges', async () => {
    await open(users.sudoer, true);
    await start();
    await window.workbench.notification(/NoNewPrivs.*sudo cannot work here/);
    await nothingHappened();
    assert.equal(await window.workbench.terminalText(), '');
  });
});
