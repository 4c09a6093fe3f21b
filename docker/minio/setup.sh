#!/bin/sh
# Sets MinIO up as docs/object-storage.md describes it. It runs at every start, so each step may find its work done.
set -eu

mc mb --ignore-existing root/theater

# The service's own key, which may do what the service does and nothing else.
mc admin user add root theater theater_pictures
mc admin policy create root theater-pictures /policy.json
# Attaching what is attached already counts as a failure.
case $(mc admin policy entities root --user theater) in
  *theater-pictures*) ;;
  *) mc admin policy attach root theater-pictures --user theater ;;
esac

# What S3_PUBLIC_URL needs: everybody may get a picture whose name they know.
mc anonymous set download root/theater/avatars
