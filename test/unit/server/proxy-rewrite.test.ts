import { expect, test } from 'vitest';
import { rewriteHtml, rewriteLink } from '#server/proxy/rewrite';
import { schemeNamePortOf } from '#server/proxy/target';

const place = { prefix: '/api/v1/namespaces/n/pods/p/proxy', hosts: ['10.0.0.1:8080', 'localhost:6443'] };

test.each([
  ['/login', '/api/v1/namespaces/n/pods/p/proxy/login'],
  ['/', '/api/v1/namespaces/n/pods/p/proxy/'],
  ['http://10.0.0.1:8080/a?b=c#d', '/api/v1/namespaces/n/pods/p/proxy/a?b=c#d'],
  ['//localhost:6443', '/api/v1/namespaces/n/pods/p/proxy/'],
  ['/api/v1/namespaces/n/pods/p/proxy/again', '/api/v1/namespaces/n/pods/p/proxy/again'],
  ['relative', 'relative'],
  ['#here', '#here'],
  ['http://elsewhere/a', 'http://elsewhere/a'],
  ['mailto:a@b', 'mailto:a@b'],
])('a link %s leads to %s', (link, expected) => {
  expect(rewriteLink(link, place)).toBe(expected);
});

test('the links of a page are rewritten, whatever their quotes; text, scripts and other attributes stay', () => {
  const page = `<!doctype html><A class="/x" HREF='/one'>/two</A><img src=/three alt="/four"><p href="/five"><form  action = "/six"><script>let a = "/seven";</script>`;
  expect(rewriteHtml(page, place)).toBe(
    `<!doctype html><A class="/x" HREF='${place.prefix}/one'>/two</A><img src=${place.prefix}/three alt="/four"><p href="/five"><form  action = "${place.prefix}/six"><script>let a = "/seven";</script>`,
  );
});

test('a page that is no page is left alone, quickly', () => {
  const junk = `<a ${'x '.repeat(50_000)}`;
  expect(rewriteHtml(junk, place)).toBe(junk);
});

test.each([
  ['web', { scheme: '', name: 'web', port: '' }],
  ['web:80', { scheme: '', name: 'web', port: '80' }],
  ['https:web:', { scheme: 'https', name: 'web', port: '' }],
  ['http:web:named', { scheme: 'http', name: 'web', port: 'named' }],
  ['ftp:web:80', undefined],
  ['http:web:80:x', undefined],
  [':80', undefined],
])('%s names scheme, name and port', (text, expected) => {
  expect(schemeNamePortOf(text)).toEqual(expected);
});
