"""What is shown in place of the page to somebody who is not signed in, or has no role."""

from __future__ import annotations

import streamlit as st

import connection
from analyst.client import Entrance, Me
from parts.plain import plain


def show_without_role(person: Me) -> None:
    """For who is known, and has no role here: whom to ask, and for what."""
    with st.container(key="sign-in"):
        st.title("You have no role here", anchor=False)
        st.markdown("Ask whoever runs this installation to give you one. You are known as:")
        st.code(plain(person["person"]), language=None, wrap_lines=True)


def show() -> None:
    """What to do, by the way that people come in here."""
    with st.container(key="sign-in"):
        st.title("Sign in", anchor=False)
        match connection.entrance():
            case Entrance.AWS:
                _tunnel()
            case Entrance.OIDC:
                st.markdown("You are not signed in, or no longer. **Reload this page** to sign in.")
                st.caption("If this stays, ask whoever runs this installation.")
            case Entrance.OS:
                st.markdown("The service wants people to sign in, and this page knows of no way to.")
                st.caption(
                    "Whoever runs this installation has to set ANALYST_ENTRANCE of page and service alike."
                )


def _tunnel() -> None:
    st.markdown("You are not signed in, or no longer. Make a ticket and open the address that is printed:")
    st.code("./ssh_tunnel.sh --ticket", language=None)
    st.caption(
        "Where the tunnel is closed, run ./ssh_tunnel.sh instead; in a network that needs none, ./ssh_tunnel.sh "
        "\\--direct. A ticket is made from your AWS credentials and opens the page once, within 15 minutes."
    )
