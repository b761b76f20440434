/** The URIs of lessons that come along; package.json has it in `onFileSystem`. Used by what opens them and what reads them. */
export const lessonScheme = 'terrarium-lesson';
