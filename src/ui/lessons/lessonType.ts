/** The notebook type of lessons, as in `notebooks` of package.json. */
export const lessonType = 'terrarium-lesson';

/** What VS Code calls the language of a shell's cells. */
export const cellLanguage = 'shellscript';
