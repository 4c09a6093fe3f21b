#!/bin/sh
# Sets up MinIO as described in docs/object-storage.md. It runs at every start, so every step must be repeatable.
set -eu

mc mb --ignore-existing root/theater

# The key of the service, with only the permissions that the service needs.
mc admin user add root theater theater_pictures
mc admin policy create root theater-pictures /policy.json
# Attaching a policy that is already attached fails.
case $(mc admin policy entities root --user theater) in
  *theater-pictures*) ;;
  *) mc admin policy attach root theater-pictures --user theater ;;
esac

# Required by S3_PUBLIC_URL: anyone can get a picture by its name.
mc anonymous set download root/theater/avatars
