"""Mails as mail servers send them back."""

from __future__ import annotations

from textwrap import dedent


def bounce(
    to: str = "bounces@mail.example",
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <marlene@post.example>: no such user",
    message_id: str = "<x@mail.example>",
) -> bytes:
    """Return a delivery report (RFC 3464) with the head of the returned mail."""
    return _wire(f"""\
        Return-Path: <>
        Delivered-To: {to}
        From: MAILER-DAEMON@mx.example (Mail Delivery System)
        To: {to}
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="B/1"

        --B/1
        Content-Type: text/plain; charset=us-ascii

        I'm sorry to have to inform you that your message could not be delivered.

        --B/1
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example
        Arrival-Date: Sat, 21 Nov 2026 10:00:00 +0000

        Final-Recipient: rfc822; marlene@post.example
        Action: {action}
        Status: {status}
        Diagnostic-Code: {diagnostic}

        --B/1
        Content-Type: text/rfc822-headers

        From: Uferhaus <laden@mail.example>
        Message-ID: {message_id}
        Subject: Hallo

        --B/1--
        """)


def complaint(
    mail_from: str, *, kind: str = "abuse", message_id: str = "<x@mail.example>"
) -> bytes:
    """Return a complaint (RFC 5965) as a mail provider's feedback loop sends it."""
    return _wire(f"""\
        From: feedback@post.example
        To: abuse@mail.example
        Subject: FW: Hallo
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report; boundary="B2"

        --B2
        Content-Type: text/plain

        This is an abuse report.

        --B2
        Content-Type: message/feedback-report

        Feedback-Type: {kind}
        User-Agent: Feedback/1.0
        Version: 1
        Original-Mail-From: <{mail_from}>

        --B2
        Content-Type: message/rfc822

        From: Uferhaus <laden@mail.example>
        Message-ID: {message_id}
        Subject: Hallo

        Text
        --B2--
        """)


def _wire(text: str) -> bytes:
    return dedent(text).replace("\n", "\r\n").encode()
