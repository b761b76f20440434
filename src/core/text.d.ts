/** esbuild's text loader: a fixed script arrives as a string. */
declare module '*.sh' {
  const text: string;
  export default text;
}
