/** What a clean checkout has of the files that go into the package, and of those that make them. */
export const SOURCES = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'src',
  'agi-scripts',
  'dialplan-examples',
  'deploy',
  'README.md',
  'README.ru.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'docs',
  'LICENSE',
];
