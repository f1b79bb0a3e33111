// Check a page against caniemail.com's data on Gmail, Outlook and Apple Mail. Exits with 1 if something would break.
import { readFileSync } from 'node:fs';
import { caniemail } from 'caniemail';

// What some of these clients do not support, and why the email still works.
const HARMLESS = [
  [/^<style> element$/, 'it holds the dark theme only; every other style is inline'],
  [/^@media$/, 'without it the email stays light, or the client darkens it'],
  [/^color-scheme meta tag$/, 'it only allows the dark theme; clients that ignore it choose a theme themselves'],
  [/^<body> element$/, 'the outermost table has the same colour'],
  [/^role attribute$/, 'it tells screen readers that the tables are layout; the text reads in order without it'],
];
const clients = ['gmail.*', 'outlook.*', 'apple-mail.*'];

let broken = 0;
for (const path of process.argv.slice(2)) {
  const { issues } = caniemail({ clients, html: readFileSync(path, 'utf8') });
  for (const [client, found] of issues.errors) {
    for (const { title } of found) {
      const known = HARMLESS.find(([pattern]) => pattern.test(title));
      if (!known) broken += 1;
      console.log(`${path}: ${client}: ${title}${known ? ` (${known[1]})` : ' NOT SUPPORTED'}`);
    }
  }
}
process.exit(broken ? 1 : 0);
