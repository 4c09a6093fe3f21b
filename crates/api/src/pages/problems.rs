//! Problems of the development mailbox.

use crate::http::row::{problems, variants};

problems! {
    MailNotFound(NOT_FOUND, "mail_not_found", "There is no such email.");
    MailboxForbidden(FORBIDDEN, "mailbox_forbidden",
        "The mailbox answers this machine only. DEV_MAILBOX=open lets other machines read it.",
    );
}

variants! {
    UnknownMailboxHost = MailboxForbidden::ROW
        .with_detail("The mailbox answers under localhost and the host of PUBLIC_URL only.");
}
