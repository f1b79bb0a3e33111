"""The texts of each kind of document, finished and in the language of the customer.

The template and the plain text version draw only these texts. So they cannot disagree, and no template contains rules
about money or wording.
"""
