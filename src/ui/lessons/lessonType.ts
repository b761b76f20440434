/** The notebook type of lessons; both as in `notebooks` of package.json. */
export const lessonType = 'terrarium-lesson';

/** The notebook type of starts that go step by step. */
export const stepsType = 'terrarium-steps';

/** What VS Code calls the language of a shell's cells. */
export const cellLanguage = 'shellscript';
