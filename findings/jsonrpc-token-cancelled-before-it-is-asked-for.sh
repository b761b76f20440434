#!/usr/bin/env bash
# A cancellation that comes before anybody has asked for the token.
#
# Software   vscode-jsonrpc 8.2.1 and 10.0.0, from npm: the connection of VS Code's language servers.
# Guess      `onCancellationRequested` tells each listener once, and one that is added after the cancellation at once, as
#            an `AbortSignal` does not and VS Code's own token does. So a handler that begins with
#            `token.onCancellationRequested(stop)` need not look at `isCancellationRequested` as well.
# Behaviour  it depends on what came first. A token that was asked for and then cancelled tells also those that come
#            later. Where `cancel()` comes before the first `source.token`, which the connection does for a request that
#            is cancelled while it waits in the queue, the token is a constant: it says that it is cancelled, and its
#            event never comes.
# So         look at `isCancellationRequested` and listen. A handler that listens alone works on as if nobody had
#            cancelled, and a test that cancels after the start does not see it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund old@npm:vscode-jsonrpc@8.2.1 new@npm:vscode-jsonrpc@10.0.0
cat >look.js <<'END'
const told = (token) => new Promise((resolve) => {
  token.onCancellationRequested(() => resolve('told'));
  setTimeout(() => resolve('never told'), 500);
});
const look = async (name) => {
  const { CancellationTokenSource } = require(`${name}/node`);
  const { version } = require(`${process.cwd()}/node_modules/${name}/package.json`);
  const [asked, unasked] = [new CancellationTokenSource(), new CancellationTokenSource()];
  const token = asked.token;
  asked.cancel();
  unasked.cancel();
  for (const [when, one] of [['asked for before', token], ['asked for after', unasked.token]])
    console.log(`${version}, ${when}: cancelled ${one.isCancellationRequested}, ${await told(one)}`);
};
look('old').then(() => look('new'));
END
node look.js | tee seen
[ "$(cat seen)" = '8.2.1, asked for before: cancelled true, told
8.2.1, asked for after: cancelled true, never told
10.0.0, asked for before: cancelled true, told
10.0.0, asked for after: cancelled true, never told' ]
echo 'as described'
# Seen:
#   8.2.1, asked for before: cancelled true, told
#   8.2.1, asked for after: cancelled true, never told
#   10.0.0, asked for before: cancelled true, told
#   10.0.0, asked for after: cancelled true, never told
