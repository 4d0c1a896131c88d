"""Pure functions over text: cleaning, language, passages, keywords and fingerprints.

It knows no file format, no database and no setting; everything here gives the same answer for the
same argument on any machine.
"""
