/** The notebook type of lessons; both as in `notebooks` of package.json. */
export const lessonType = 'terrarium-lesson';

/** The notebook type of starts that go step by step. */
export const stepsType = 'terrarium-steps';

/** What VS Code calls the language of a shell's cells. */
export const cellLanguage = 'shellscript';

/** The same where commands stand behind prompts, as in `languages` of package.json: a prompt of root is no comment. */
export const sessionLanguage = 'terrarium-session';
