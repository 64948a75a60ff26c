"""Whose the token is under which files are uploaded for a form, before a case takes them."""


def of_person(person_id: int) -> str:
    """The holder that a person of ours is."""
    return f"person:{person_id}"


def of_case(case_id: int) -> str:
    """The holder that whoever has the customer's page of a case open is."""
    return f"case:{case_id}"
