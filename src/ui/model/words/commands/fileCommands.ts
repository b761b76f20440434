/** What makes, shows and compares files: ln, mknod, stat, readlink, cat. Called by `word`. */
import type { Translate } from '../../translate';
import type { Commands } from '../WordTable';

export const fileCommands = (t: Translate): Commands => ({
  mknod: {
    section: 'mknod(1)',
    text: t(
      'Makes a device file or a named pipe. A device needs CAP_MKNOD of the machine: that of a user namespace is not enough.',
    ),
    options: {
      '--mode, -m': t('The permissions of the new file.'),
    },
  },
  mkfifo: { section: 'mkfifo(1)', text: t('Makes a named pipe.') },
  ln: {
    section: 'ln(1)',
    text: t('Makes a second name for a file, or with -s a symbolic link.'),
    options: {
      '--symbolic, -s': t('A symbolic link: a path, which is followed when it is used.'),
      '--force, -f': t('Replaces what is there.'),
      '--no-dereference, -n': t('Does not go into a folder that a link leads to.'),
    },
  },
  mkdir: {
    section: 'mkdir(1)',
    text: t('Makes a folder.'),
    options: {
      '--parents, -p': t('Makes the folders above it too, and is content where it is there.'),
      '--mode, -m': t('The permissions of the new folder.'),
    },
  },
  mktemp: {
    section: 'mktemp(1)',
    text: t('Makes a file with a name that nothing else has, and tells the name.'),
    options: {
      '--directory, -d': t('A folder in place of a file.'),
    },
  },
  rmdir: { section: 'rmdir(1)', text: t('Removes an empty folder.') },
  rm: {
    section: 'rm(1)',
    text: t('Removes files.'),
    options: {
      '--recursive, -r, -R': t('Folders, too, with all that is in them.'),
      '--force, -f': t('Asks nothing, and is content where nothing is there.'),
      '--one-file-system': t('Does not go into what is mounted below.'),
    },
  },
  touch: {
    section: 'touch(1)',
    text: t('Makes an empty file, or sets the time of one that is there.'),
  },
  cp: {
    section: 'cp(1)',
    text: t('Copies files.'),
    options: {
      '--archive, -a': t('With owner, permissions, times and links; a device file stays one.'),
      '-P, --no-dereference': t('Links as links.'),
      '--recursive, -r, -R': t('Folders, too, with all that is in them.'),
      '-p, --preserve': t('With owner, permissions and times.'),
      '-L, --dereference': t('The files that links lead to.'),
    },
  },
  mv: { section: 'mv(1)', text: t('Moves or renames files.') },
  ls: {
    section: 'ls(1)',
    text: t('Lists what is in a folder.'),
    options: {
      '-l': t('With permissions, owner, size and time, and where links lead.'),
      '-a, --all': t('Also names that begin with a dot.'),
      '-d, --directory': t('The folder itself, not what is in it.'),
      '-n, --numeric-uid-gid': t('Owner and group as numbers.'),
      '-i, --inode': t('With the inode number: the same number and device, the same file.'),
      '-L, --dereference': t('The files that links lead to.'),
      '-R, --recursive': t('With the folders below.'),
      '-1': t('One name a line.'),
      '-h, --human-readable': t('Sizes with units, such as 64M.'),
      '-t': t('The newest first.'),
    },
  },
  stat: {
    section: 'stat(1)',
    text: t('Shows what the kernel knows of a file: inode, device, owner, times.'),
    options: {
      '--format, -c': t('Which of it is shown: %i is the inode, %d the device, %u the owner.'),
      '--dereference, -L': t(
        'The file that a link leads to: of a link in /proc/PID/ns, the namespace.',
      ),
      '--file-system, -f': t('The filesystem that it lies in.'),
    },
  },
  readlink: {
    section: 'readlink(1)',
    text: t('Shows where a symbolic link leads.'),
    options: {
      '--canonicalize, -f': t('Follows every link of the path to the end.'),
      '--canonicalize-existing, -e': t(
        'Follows every link of the path to the end, and fails where something is missing.',
      ),
      '--no-newline, -n': t('Without a newline at the end.'),
    },
  },
  realpath: { section: 'realpath(1)', text: t('Shows the path of a file without links and dots.') },
  cat: { section: 'cat(1)', text: t('Prints files.') },
  head: {
    section: 'head(1)',
    text: t('Prints the first lines.'),
    options: {
      '-n, --lines': t('How many lines.'),
      '-c, --bytes': t('How many bytes.'),
    },
  },
  tail: {
    section: 'tail(1)',
    text: t('Prints the last lines.'),
    options: {
      '-n, --lines': t('How many lines.'),
      '-c, --bytes': t('How many bytes.'),
      '-f, --follow': t('Goes on with what is appended.'),
    },
  },
  grep: {
    section: 'grep(1)',
    text: t('Prints the lines that match a pattern.'),
    options: {
      '-E, --extended-regexp': t('The pattern is an extended regular expression.'),
      '-F, --fixed-strings': t('The pattern is plain text.'),
      '-q, --quiet': t('Prints nothing: the exit status is the answer.'),
      '-c, --count': t('How many lines match, not which.'),
      '-v, --invert-match': t('The lines that do not match.'),
      '-i, --ignore-case': t('Capital and small letters are the same.'),
      '-o, --only-matching': t('Only the part that matches.'),
      '-w, --word-regexp': t('Only whole words.'),
      '-r, --recursive': t('All files below a folder.'),
      '-s, --no-messages': t('Says nothing of files that it cannot read.'),
      '-h, --no-filename': t('Without the names of the files.'),
      '-n, --line-number': t('With line numbers.'),
      '-l, --files-with-matches': t('Only the names of the files.'),
      '-a, --text': t('Reads binary files as text.'),
      '-m, --max-count': t('Stops after so many lines.'),
      '-e, --regexp': t('The pattern.'),
    },
  },
  awk: {
    section: 'awk(1)',
    text: t('Takes lines apart into fields, and does something with each.'),
    options: {
      '-F': t('What stands between two fields.'),
    },
  },
  sed: {
    section: 'sed(1)',
    text: t('Edits lines as they pass.'),
    options: {
      '-n, --quiet': t('Prints only what it is told to.'),
      '-i, --in-place': t('Changes the file itself.'),
      '-E, --regexp-extended': t('Patterns are extended regular expressions.'),
      '-e, --expression': t('What is to be done.'),
    },
  },
  cut: {
    section: 'cut(1)',
    text: t('Prints parts of each line.'),
    options: {
      '-d, --delimiter': t('What stands between two fields.'),
      '-f, --fields': t('Which fields.'),
      '-c, --characters': t('Which characters.'),
    },
  },
  tr: {
    section: 'tr(1)',
    text: t('Replaces or removes characters.'),
    options: {
      '-d, --delete': t('Removes these characters.'),
      '-s, --squeeze-repeats': t('Makes one of several that are the same.'),
    },
  },
  sort: {
    section: 'sort(1)',
    text: t('Sorts lines.'),
    options: {
      '-n, --numeric-sort': t('As numbers.'),
      '-u, --unique': t('Leaves out lines that are the same.'),
      '-r, --reverse': t('The other way round.'),
    },
  },
  wc: {
    section: 'wc(1)',
    text: t('Counts lines, words and bytes.'),
    options: {
      '-l, --lines': t('Only the lines.'),
      '-c, --bytes': t('Only the bytes.'),
    },
  },
  tee: {
    section: 'tee(1)',
    text: t('Writes its input to a file and to its output.'),
    options: {
      '-a, --append': t('At the end of the file.'),
    },
  },
  diff: { section: 'diff(1)', text: t('Shows in what two files differ.') },
  dd: { section: 'dd(1)', text: t('Copies bytes, block by block.') },
  find: { section: 'find(1)', text: t('Finds files below a folder.') },
  du: { section: 'du(1)', text: t('Tells how much room files take.') },
  ldd: { section: 'ldd(1)', text: t('Lists the shared libraries of a program, and its loader.') },
  file: { section: 'file(1)', text: t('Tells what kind of file it is.') },
  tar: { section: 'tar(1)', text: t('Packs files into an archive, and unpacks it.') },
  xargs: {
    section: 'xargs(1)',
    text: t('Makes arguments of its input, and runs a command with them.'),
  },
  seq: { section: 'seq(1)', text: t('Prints numbers one after another.') },
  date: {
    section: 'date(1)',
    text: t(
      'Shows the time. Its clock is the machine’s: no namespace has one of its own for that.',
    ),
  },
  uptime: { section: 'uptime(1)', text: t('Tells how long the machine has been up.') },
  clear: { section: 'clear(1)', text: t('Clears the screen.') },
  install: {
    section: 'install(1)',
    text: t('Copies files, and sets their permissions.'),
    options: {
      '-d, --directory': t('Makes folders.'),
      '-m, --mode': t('The permissions of what it makes.'),
    },
  },
});
