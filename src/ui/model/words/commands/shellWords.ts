/** What a shell does itself: cd, exec, exit, echo, test. Called by `word`. */
import type { Translate } from '../../translate';
import type { Commands } from '../WordTable';

export const shellWords = (t: Translate): Commands => ({
  cd: { section: 'bash(1)', text: t('Changes the working directory of the shell.') },
  pwd: {
    section: 'pwd(1)',
    text: t('Shows the working directory.'),
    options: {
      '-P': t('As it is, without links.'),
    },
  },
  echo: {
    section: 'echo(1)',
    text: t('Prints its arguments. In Bash, $$ is the shell’s PID, as its PID namespace counts.'),
    options: {
      '-n': t('Without a newline at the end.'),
      '-e': t('Reads what a backslash stands for.'),
    },
  },
  printf: { section: 'printf(1)', text: t('Prints its arguments in a format.') },
  exec: {
    section: 'bash(1)',
    text: t('Replaces the shell by the program: the PID stays.'),
    options: {
      '-a': t('The name that the program is called by.'),
    },
  },
  exit: {
    section: 'bash(1)',
    text: t('Ends the shell. If it is PID 1, everything in its PID namespace ends.'),
  },
  wait: {
    section: 'bash(1)',
    text: t('Waits for children to end, and reaps them.'),
    options: {
      '-n': t('For one of them.'),
    },
  },
  hash: {
    section: 'bash(1)',
    text: t('Shows where the shell has found its commands: it looks for each one once.'),
    options: {
      '-r': t('Forgets them all.'),
    },
  },
  trap: { section: 'bash(1)', text: t('Says what the shell does when it gets a signal.') },
  ulimit: {
    section: 'bash(1)',
    text: t('Shows and sets the resource limits of the shell.'),
    options: {
      '-n': t('Open files.'),
      '-u': t('Processes and threads of the user.'),
      '-a': t('All of them.'),
      '-H': t('The hard limit.'),
      '-S': t('The soft limit.'),
    },
  },
  umask: { section: 'bash(1)', text: t('Shows and sets which permissions new files do not get.') },
  command: {
    section: 'bash(1)',
    text: t('Runs a command, and no function of that name.'),
    options: {
      '-v': t('Tells which program it would run.'),
    },
  },
  type: { section: 'bash(1)', text: t('Tells what a name means to the shell.') },
  export: { section: 'bash(1)', text: t('Hands variables to the programs that the shell starts.') },
  unset: { section: 'bash(1)', text: t('Removes variables.') },
  set: {
    section: 'bash(1)',
    text: t('Sets options of the shell.'),
    options: {
      '-e': t('Ends with the first command that fails.'),
      '-x': t('Shows each command before it runs.'),
      '-u': t('A variable that is not set is an error.'),
      '+e': t('Goes on where a command fails.'),
    },
  },
  read: {
    section: 'bash(1)',
    text: t('Reads a line into a variable.'),
    options: {
      '-r': t('A backslash is a character like others.'),
    },
  },
  test: {
    section: 'test(1)',
    text: t('Checks something: the exit status is the answer.'),
    options: {
      '-e': t('The file is there.'),
      '-f': t('It is an ordinary file.'),
      '-d': t('It is a folder.'),
      '-x': t('It is a program that may be run.'),
      '-r': t('It can be read.'),
      '-w': t('It can be written.'),
      '-n': t('The text is not empty.'),
      '-z': t('The text is empty.'),
      '-s': t('The file is not empty.'),
      '-L': t('It is a symbolic link.'),
      '-eq': t('Both numbers are the same.'),
      '-ne': t('The numbers differ.'),
      '-gt': t('The first number is greater.'),
      '-lt': t('The first number is smaller.'),
      '-ge': t('The first number is not smaller.'),
      '-le': t('The first number is not greater.'),
    },
  },
  true: { section: 'true(1)', text: t('Does nothing, and succeeds.') },
  false: { section: 'false(1)', text: t('Does nothing, and fails.') },
  jobs: { section: 'bash(1)', text: t('Lists what the shell runs in the background.') },
  fg: { section: 'bash(1)', text: t('Brings a job back to the foreground.') },
  bg: { section: 'bash(1)', text: t('Lets a stopped job go on in the background.') },
});
