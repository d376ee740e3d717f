export { AddressRefused, checkedAddress, isPublicAddress, systemLookup, type Lookup } from './address.ts';
export { FormData as CallForm } from 'undici';
export { safeCall, type Called, type CallOptions } from './call.ts';
export { safeFetch, type Fetched, type FetchOptions, type FetchTrouble, type WebAnswer } from './fetch.ts';
export { cleanHtml, textOf, TooDeep } from './html.ts';
export { openGuardedProxy, type GuardedProxy } from './proxy.ts';
export { safePost, type Posted } from './post.ts';
export { postSigned, postWebhook } from './webhook.ts';
export { decodeText, type Decoded } from './text.ts';
