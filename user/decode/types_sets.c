// SPDX-License-Identifier: MIT
/*
 * The types that are nothing but a set of flags, or one of a set of names.
 */
#include "decode/types.h"

#include "decode/constants.h"

/* clang-format off */
#define FLAGS(name, bytes, set)  const struct arg_type type_##name = FLAGS_TYPE(bytes, set);
#define CHOICE(name, bytes, set) const struct arg_type type_##name = CHOICE_TYPE(bytes, set);

FLAGS(access_mode, 4, access_modes)
FLAGS(at_flags, 4, at_flags)
FLAGS(close_range_flags, 4, close_range_flags)
FLAGS(execveat_flags, 4, execveat_flags)
FLAGS(faccessat_flags, 4, faccessat_flags)
FLAGS(fallocate_flags, 4, fallocate_flags)
FLAGS(fd_flags, 4, open_flags) /* of dup3() and pipe2() */
FLAGS(flock_operation, 4, flock_ops)
FLAGS(fsmount_flags, 4, fsmount_flags)
FLAGS(fsopen_flags, 4, fsopen_flags)
FLAGS(fspick_flags, 4, fspick_flags)
FLAGS(handle_at_flags, 4, handle_at_flags)
FLAGS(inotify_flags, 4, inotify_init_flags)
FLAGS(inotify_events, 4, inotify_events)
FLAGS(mlock_flags, 4, mlock_flags)
FLAGS(mlockall_flags, 4, mlockall_flags)
FLAGS(mount_attributes, 4, fsmount_attributes)
FLAGS(mount_setattr_flags, 4, at_mount_setattr_flags)
FLAGS(move_mount_flags, 4, move_mount_flags)
FLAGS(mremap_flags, 8, mremap_flags)
FLAGS(msync_flags, 4, msync_flags)
FLAGS(open_tree_flags, 4, open_tree_flags)
FLAGS(pkey_rights, 8, pkey_rights)
FLAGS(rename_flags, 4, rename_flags)
FLAGS(rwf_flags, 4, rwf_flags)
FLAGS(splice_flags, 4, splice_flags)
FLAGS(statx_mask, 4, statx_masks)
FLAGS(sync_file_range_flags, 4, sync_file_range_flags)
FLAGS(umount_flags, 4, umount_flags)
FLAGS(xattr_flags, 4, xattr_flags)
CHOICE(fadvise, 4, fadvise_advices)
CHOICE(fsconfig_command, 4, fsconfig_commands)
CHOICE(madvise, 4, madvise_advices)
CHOICE(whence, 4, seek_whences)
