import type { publicationZh } from './publication-zh.ts';

export const publicationEn = {
  'publication.title': 'Who publishes it',
  'publication.kind': 'Publishing system',
  'publication.kind.portal': 'The portal that comes with Tongsheng',
  'publication.kind.wordpress': 'WordPress',
  'publication.kind.micropub': 'Micropub',
  'publication.kind.webhook': 'Another system, by signed calls',
  'publication.about.portal': 'Reposts are shown by the portal that comes with Tongsheng; there is nothing to set.',
  'publication.about.wordpress':
    'Publishes through the REST API. Make a user of the role Editor for Tongsheng alone, and an application password in that user’s profile.',
  'publication.about.micropub':
    'For systems that speak Micropub (W3C). Without a page address, a person must look whenever it is not known whether a page is out.',
  'publication.about.webhook':
    'The document is sent as a signed call (Standard Webhooks); the other side answers the page’s address. The contract is in services/reposts/README.md.',
  'publication.field.url': 'Address',
  'publication.field.username': 'User name',
  'publication.field.password': 'Application password',
  'publication.field.categories': 'Categories',
  'publication.field.onRemove': 'When a page is taken back',
  'publication.field.endpoint': 'Micropub endpoint',
  'publication.field.token': 'Access token',
  'publication.field.mediaEndpoint': 'Media endpoint',
  'publication.field.pageUrl': 'Page address',
  'publication.field.secret': 'Signing secret',
  'publication.hint.categories': 'one name a line; made where they are missing',
  'publication.hint.pageUrl': 'with {slug} for the page’s name, such as https://site.example/{slug}/',
  'publication.hint.secret': 'begins with whsec_, or whsk_ for Ed25519',
  'publication.optional': 'optional',
  'publication.onRemove.trash': 'Move it to the trash',
  'publication.onRemove.delete': 'Delete it',
  'publication.onRemove.private': 'Make it private',
  'publication.secretSet': 'Set, and not shown; leave empty to keep it',
  'publication.need.address': 'Enter an address that begins with http:// or https://',
  'publication.need.secret':
    'Enter the password, token or secret (8 characters or more; a signing secret begins with whsec_)',
  'publication.need.username': 'Enter the user name',
  'publication.need.pageUrl': 'The page address must be one of the web, with {slug} in it',
  'publication.need.categories': 'At most 10 categories',
  'publication.test': 'Test the connection',
  'publication.testing': 'Testing…',
  'publication.testSaved': 'What is tested is what is saved: save first.',
  'publication.testGood': 'The connection works, and the rights are enough.',
  'publication.trouble.unreachable': 'The publishing system can’t be reached.',
  'publication.trouble.no_answer':
    'The publishing system did not answer, so it is not known; whether the page is there is looked at first.',
  'publication.trouble.address_refused':
    'The address is an internal one and refused. If it must be reached, have it put on the list of allowed ones.',
  'publication.trouble.credentials_refused':
    'The publishing system does not know the user, password or token. Mend it under Sites and try again.',
  'publication.trouble.rights_missing': 'The user’s rights are not enough.',
  'publication.trouble.secret_unreadable':
    'The password can’t be read: the key was changed. Enter it anew under Sites.',
  'publication.trouble.moved': 'The address leads elsewhere by now. Check it and mend it under Sites.',
  'publication.trouble.busy': 'The publishing system is busy for now.',
  'publication.trouble.server_error':
    'The publishing system failed inside, so it is not known; whether the page is there is looked at first.',
  'publication.trouble.refused': 'The publishing system refuses it.',
  'publication.trouble.answer_not_understood':
    'The answer of the publishing system makes no sense; something may stand in between.',
  'publication.trouble.not_public': 'The publishing system has it and has not made it public.',
  'publication.trouble.file_refused':
    'The publishing system does not take a picture or attachment. Allow that kind of file there and try again.',
  'publication.trouble.published_elsewhere':
    'Another system published the page, and the site does not name it any more. Take it down there, or set the site back to it and try again.',
  'publication.trouble.cannot_tell':
    'Whether the page is out can’t be known. Look at the site: if it is not there, try again.',
  'publication.trouble.pending': 'The other system has taken it and not published it yet; it is asked again.',
} satisfies Record<keyof typeof publicationZh, string>;
