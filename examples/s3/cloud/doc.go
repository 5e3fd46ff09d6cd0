// Package cloud is the destination that keeps records in an object store: Amazon S3 and
// what speaks like it (MinIO, Ceph), Azure Blob Storage, Google Cloud Storage, or a folder.
// Which one it is says the scheme of the address in its settings; what is put there, package
// objects.
//
// All traffic goes through the program's guarded client: the site's certificates, time
// limits, repeats. Credentials come from settings; where none are set, those of the machine
// are looked up as the vendors' tools do.
package cloud
