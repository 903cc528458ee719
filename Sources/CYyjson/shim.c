#include "CYyjson.h"
