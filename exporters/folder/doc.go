// Package folder delivers records into a folder as a static web site that opens from
// disk, without a server and without a network.
//
// The site has an index by instrument, month and person with a search, and a page per
// record with its facts, activities, previews and parameters. Data files are not copied;
// their paths are shown.
//
//	index.html                      the index; opens at once however many records there are
//	assets/                         style and script, replaced when the program brings newer ones
//	index/parts.js                  list of the months
//	index/2018-11.js                the records of a month
//	index/sessions/<digest>.json    which folder a session's record is in
//	records/<name>/index.html       page of a record
//	records/<name>/record.xml       the record
//	records/<name>/record.json      the same as JSON, with the session; written last
//	records/<name>/previews/        named after dataset and content
//	records/<name>/metadata/        named after dataset and content
//
// A record is known by the identifier of its session: delivered again, it replaces its
// own folder. One more record costs its own files and one month of the index. Each file is
// old or new, never half; previews and metadata files carry a digest of their content in
// their name, so that a page never shows the picture of another version; record.json
// stands for a whole delivery and what a killed one left is completed by the next.
//
// Whatever users, instruments and services supply is text in the pages, never markup;
// links lead to http and https only; pages run no script but the site's own.
package folder
